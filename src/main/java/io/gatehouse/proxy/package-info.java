/** The proxy role: takes a request, runs its plugins, forwards it. */
@NullMarked
package io.gatehouse.proxy;

import org.jspecify.annotations.NullMarked;
