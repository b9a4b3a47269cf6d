package io.gatehouse.config;

/** A listener that could not be opened, with the key that says where it should have been. */
public final class ListenFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final String key;
    private final transient ListenAddress address;

    public ListenFailure(String key, ListenAddress address, Throwable cause) {
        super("cannot listen on " + address + " (" + key + ")", cause);
        this.key = key;
        this.address = address;
    }

    /** The configuration key, such as {@code admin.http}. */
    public String key() {
        return key;
    }

    public ListenAddress address() {
        return address;
    }
}
