/** RFC 6749's words as records and enums; no I/O. */
@NullMarked
package io.gatehouse.oauth;

import org.jspecify.annotations.NullMarked;
