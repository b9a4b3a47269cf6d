package io.gatehouse.config;

/** How the node asks the operating system for its network's events. */
public enum Transport {
    /** The first that the machine has of io_uring, epoll and NIO. */
    AUTO,
    /** Linux's io_uring: fewest system calls; many containers forbid it. */
    IO_URING,
    /** Linux's epoll. */
    EPOLL,
    /** The JDK's own, everywhere. */
    NIO
}
