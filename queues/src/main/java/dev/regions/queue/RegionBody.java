package dev.regions.queue;

import org.jspecify.annotations.Nullable;

/**
 * The body of a region in block form, with a result. Its exceptions leave the region with their own type.
 *
 * @param <R> the type of the result
 * @param <X> the exceptions that it may throw; inferred as {@link RuntimeException} if it throws no checked exception
 */
@FunctionalInterface
public interface RegionBody<R extends @Nullable Object, X extends Throwable> {
    /**
     * Runs the body of the region, on the calling thread.
     *
     * @return the result of the region
     * @throws X if it fails
     */
    R call() throws X;
}
