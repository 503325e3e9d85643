/**
 * Tasks that see the scoped values and the thread-locals of the code that spawned them:
 * {@link dev.regions.context.ContextPropagation} is the whole of it.
 */
@NullMarked
package dev.regions.context;

import org.jspecify.annotations.NullMarked;
