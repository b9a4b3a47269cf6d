/** Kong's entities in plain words: records for the data path, one declarative schema each for everything else. */
@NullMarked
package io.gatehouse.entity;

import org.jspecify.annotations.NullMarked;
