package dev.regions.queue;

import org.jspecify.annotations.Nullable;

/**
 * The body of a region in block form, with a result. What it throws leaves the region with its own type.
 *
 * @param <R> the type of the result
 * @param <X> what it may throw; inferred as {@link RuntimeException} where nothing checked is thrown
 */
@FunctionalInterface
public interface RegionBody<R extends @Nullable Object, X extends Throwable> {
    /**
     * Does what is to be done in the region, on the calling thread.
     *
     * @return the result of the region
     * @throws X if it fails
     */
    R call() throws X;
}
