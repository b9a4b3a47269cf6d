/** What the tests share: a whole node on free ports, an upstream that can be told how to behave, a line that can be cut. */
@NullMarked
package io.gatehouse.testing;

import org.jspecify.annotations.NullMarked;
