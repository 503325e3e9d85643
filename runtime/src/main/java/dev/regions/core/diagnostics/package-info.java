/**
 * What can be found out about a running core: observers and their records, open regions, the search for deadlocks,
 * explanations and dumps. The core calls in here through {@link dev.regions.core.CoreHooks} and
 * {@link dev.regions.core.TaskProbe} alone.
 */
@NullMarked
package dev.regions.core.diagnostics;

import org.jspecify.annotations.NullMarked;
