/** The Admin API: every entity's endpoints made from its schema, and what the node tells about itself. */
@NullMarked
package io.gatehouse.admin;

import org.jspecify.annotations.NullMarked;
