/** The acl plugin: which groups of consumers may call an API. */
@NullMarked
package io.gatehouse.plugin.acl;

import org.jspecify.annotations.NullMarked;
