package dev.regions.task;

import java.util.List;

/**
 * Thrown at the end of a joined region if any of its tasks failed. The {@linkplain #getCause() cause} is the exception
 * of the first of the failed tasks; the exceptions of the others are {@linkplain #getSuppressed() suppressed}, in
 * order. The order is that in which the tasks reached the region, whichever failed sooner. It is the spawn order; tasks
 * of a region inside it that holds tasks come when that region launches.
 *
 * <p>An exception thrown by several tasks is in it once; the number of failed tasks in the message counts each of them.
 * Of many exceptions the first hundred are kept; the message includes the number of tasks that are left out.
 */
public final class RegionFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception for the failures of a region.
     *
     * @param message names the region, and the number of its tasks that failed
     * @param failures the exceptions of the failed tasks, in order; at least one
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
