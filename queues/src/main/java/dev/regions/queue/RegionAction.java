package dev.regions.queue;

/**
 * The body of a region in block form, without a result. What it throws leaves the region with its own type.
 *
 * @param <X> what it may throw; inferred as {@link RuntimeException} where nothing checked is thrown
 */
@FunctionalInterface
public interface RegionAction<X extends Throwable> {
    /**
     * Does what is to be done in the region, on the calling thread.
     *
     * @throws X if it fails
     */
    void run() throws X;
}
