package io.gatehouse.proxy.exchange;

/** Counts the bytes of a client connection after its upgrade. */
public final class UpgradedBytes {
    private long read;
    private long written;

    /** Returns how many bytes the client has sent. */
    public long read() {
        return read;
    }

    public void addRead(int bytes) {
        read += bytes;
    }

    /** Returns how many bytes were sent to the client. */
    public long written() {
        return written;
    }

    public void addWritten(int bytes) {
        written += bytes;
    }
}
