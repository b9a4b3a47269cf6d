/** The configuration as a file, in decK's format: import brings a gateway to it, export writes it. */
@NullMarked
package io.gatehouse.declarative;

import org.jspecify.annotations.NullMarked;
