package dev.regions.queue;

import dev.regions.task.Task;

/**
 * A root queue that also implements this is notified when code of its runtime waits for a task that does not run in
 * place. Such code is a task, or a body that the runtime was called with. For a queue that decides itself when tasks
 * run, and therefore must know which threads are blocked. Other queues do not need it, and pay nothing.
 *
 * <p>All methods are called on the waiting or idle thread, from any number of threads at once, and must not throw.
 */
public interface WaitHook {
    /** Called before the calling thread waits for a task that was not completed a moment ago. */
    void beforeWait(Task<?> awaited);

    /**
     * Called when the calling thread has ended its wait for any reason: completion of the task, an interrupt, a
     * timeout, or a detected deadlock. The wait returns when this does.
     */
    void afterWait(Task<?> awaited);

    /**
     * Called when a thread of the runtime has nothing left to run. If another thread already waits for something to
     * run, the idle thread exits; otherwise it waits briefly, or, if this returns true, for as long as the runtime is
     * open. A queue that forwards one task at a time, and the next on this call, therefore has them run on one thread,
     * as long as none of them waits. Staying costs some processor time.
     *
     * @return true to stay; the default is false
     */
    default boolean onIdle() {
        return false;
    }
}
