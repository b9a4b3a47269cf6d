package io.gatehouse.config;

/** How the node asks the operating system for its network's events. */
public enum Transport {
    /** The JDK's own, everywhere. */
    NIO,
    /** Linux's epoll. */
    EPOLL,
    /** Linux's io_uring: fewest system calls; many containers forbid it, and Netty's use of it is young. */
    IO_URING,
    /** epoll where the machine has it, else NIO. */
    AUTO
}
