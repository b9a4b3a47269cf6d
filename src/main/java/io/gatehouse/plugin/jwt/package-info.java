/** The jwt plugin: tokens that consumers sign themselves (RFC 7519), verified with what the gateway knows of them. */
@NullMarked
package io.gatehouse.plugin.jwt;

import org.jspecify.annotations.NullMarked;
