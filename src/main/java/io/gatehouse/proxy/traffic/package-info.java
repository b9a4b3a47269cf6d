/** What the proxies count and time of their traffic, and how monitoring reads it. */
@NullMarked
package io.gatehouse.proxy.traffic;

import org.jspecify.annotations.NullMarked;
