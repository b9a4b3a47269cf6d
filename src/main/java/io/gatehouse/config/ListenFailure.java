package io.gatehouse.config;

/** Reports a listener that could not be opened, with the configuration key of its address. */
public final class ListenFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final String key;
    private final transient ListenAddress address;

    public ListenFailure(String key, ListenAddress address, Throwable cause) {
        super("cannot listen on " + address + " (" + key + ")", cause);
        this.key = key;
        this.address = address;
    }

    /** Returns the configuration key, such as {@code admin.http}. */
    public String key() {
        return key;
    }

    public ListenAddress address() {
        return address;
    }
}
