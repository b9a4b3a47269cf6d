package io.gatehouse.config;

/** Lists the operating system's interfaces for network I/O that a node can use. */
public enum Transport {
    /** The JDK's selector, on every platform. */
    NIO,
    /** Linux's epoll. */
    EPOLL,
    /** Linux's io_uring. It needs the fewest system calls, but many container runtimes forbid it. */
    IO_URING,
    /** epoll if the machine supports it, else NIO. */
    AUTO
}
