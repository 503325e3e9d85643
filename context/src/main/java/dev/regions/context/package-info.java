/**
 * Tasks that see the scoped values and the thread-locals of the code that spawned them, by means of
 * {@link dev.regions.context.ContextPropagation}.
 */
@NullMarked
package dev.regions.context;

import org.jspecify.annotations.NullMarked;
