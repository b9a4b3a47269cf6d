/** How the listeners of every role deal with their clients' connections. */
@NullMarked
package io.gatehouse.connection;

import org.jspecify.annotations.NullMarked;
