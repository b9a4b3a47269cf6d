/** The cors plugin: which pages of other origins browsers let call an API (the Fetch standard's CORS protocol). */
@NullMarked
package io.gatehouse.plugin.cors;

import org.jspecify.annotations.NullMarked;
