package io.gatehouse.config;

/** How the node asks the operating system for its network's events. */
public enum Transport {
    /** The JDK's own, everywhere. */
    NIO,
    /** Linux's epoll. */
    EPOLL,
    /** Linux's io_uring: fewest system calls; many containers forbid it. */
    IO_URING,
    /** The first that the machine has of io_uring, epoll and NIO. */
    AUTO
}
