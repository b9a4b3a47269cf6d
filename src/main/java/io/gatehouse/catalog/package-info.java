/** The configuration the data path runs on: an immutable snapshot, kept at the newest version. */
@NullMarked
package io.gatehouse.catalog;

import org.jspecify.annotations.NullMarked;
