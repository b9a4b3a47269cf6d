/** How request targets, hosts and operators' patterns are written: parsing and matching of text, no I/O. */
@NullMarked
package io.gatehouse.syntax;

import org.jspecify.annotations.NullMarked;
