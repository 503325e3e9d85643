package dev.regions.metrics;

import dev.regions.Limit;

/**
 * The use of a limit. Immutable.
 *
 * @param name the name of the limit
 * @param permits the number of tasks that may run under the limit at the same time
 * @param inUse the number of permits in use
 * @param queueLength the number of ready tasks that wait for a permit
 */
public record LimitDepth(String name, int permits, int inUse, int queueLength) {
    static LimitDepth of(Limit limit) {
        return new LimitDepth(limit.name(), limit.permits(), limit.inUse(), limit.queueLength());
    }
}
