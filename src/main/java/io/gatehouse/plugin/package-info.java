/** The shape of a plugin on the data path: the exchange it sees, its handler, and the chain they form. */
@NullMarked
package io.gatehouse.plugin;

import org.jspecify.annotations.NullMarked;
