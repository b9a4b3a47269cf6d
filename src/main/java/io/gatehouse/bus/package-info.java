/** The event bus as an API: addresses, messages, the codec that carries them, and who is there to hear them. */
@NullMarked
package io.gatehouse.bus;

import org.jspecify.annotations.NullMarked;
