/** Requests to upstreams: HTTP/1.1 on connections of our own, HTTP/2 by Vert.x's client. */
@NullMarked
package io.gatehouse.upstream;

import org.jspecify.annotations.NullMarked;
