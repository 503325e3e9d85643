package dev.regions.queue;

/**
 * The body of a region in block form, without a result. Its exceptions leave the region with their own type.
 *
 * @param <X> the exceptions that it may throw; inferred as {@link RuntimeException} if it throws no checked exception
 */
@FunctionalInterface
public interface RegionAction<X extends Throwable> {
    /**
     * Runs the body of the region, on the calling thread.
     *
     * @throws X if it fails
     */
    void run() throws X;
}
