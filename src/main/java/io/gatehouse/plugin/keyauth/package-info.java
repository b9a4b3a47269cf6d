/** The key-auth plugin: who holds the key of a consumer speaks for it. */
@NullMarked
package io.gatehouse.plugin.keyauth;

import org.jspecify.annotations.NullMarked;
