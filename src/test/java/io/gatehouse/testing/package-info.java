/** Provides fixtures for all tests: a node on free ports, an upstream, a relay that can be interrupted, and databases. */
@NullMarked
package io.gatehouse.testing;

import org.jspecify.annotations.NullMarked;
