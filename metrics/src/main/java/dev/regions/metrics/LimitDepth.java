package dev.regions.metrics;

import dev.regions.Limit;

/**
 * How full a limit is. Immutable.
 *
 * @param name the name of the limit
 * @param places how many tasks may be inside
 * @param inside how many are
 * @param waiting how many are ready and wait to be let in
 */
public record LimitDepth(String name, int places, int inside, int waiting) {
    static LimitDepth of(Limit limit) {
        return new LimitDepth(limit.name(), limit.places(), limit.inside(), limit.waiting());
    }
}
