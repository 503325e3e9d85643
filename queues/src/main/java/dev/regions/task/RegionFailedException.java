package dev.regions.task;

import java.util.List;

/**
 * Thrown at the end of a region whose tasks were waited for, if any of them failed. The {@linkplain #getCause() cause} is
 * what the first of the failed tasks threw, in the order in which they were spawned; what the others threw is
 * {@linkplain #getSuppressed() suppressed}, in the same order, however the tasks were interleaved. Of many
 * failures the first hundred are kept; the message says how many are left out.
 */
public final class RegionFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception of the failures of a region.
     *
     * @param message says which region, and how many of its tasks failed
     * @param failures what the failed tasks threw, in spawn order; at least one
     * @throws IllegalArgumentException if there are no failures
     */
    public RegionFailedException(String message, List<? extends Throwable> failures) {
        super(message, first(failures));
        for (Throwable failure : failures.subList(1, failures.size())) {
            if (failure != getCause()) {
                addSuppressed(failure);
            }
        }
    }

    private static Throwable first(List<? extends Throwable> failures) {
        if (failures.isEmpty()) {
            throw new IllegalArgumentException("a region without failures has not failed");
        }
        return failures.get(0);
    }
}
