package dev.regions.queue;

import dev.regions.task.Task;

/**
 * A root queue that also implements this is told when code of its runtime, a task or a body that the runtime was called
 * with, waits for a task without its being run in place. For a queue that decides itself when tasks run, and so has to know
 * who cannot go on before it does; all others have no need of it, and pay nothing.
 *
 * <p>All methods are called on the thread that they are about, from any number of threads at once, and must not throw.
 */
public interface WaitHook {
    /** Called before the calling thread waits for a task that was not final a moment ago. */
    void beforeWait(Task<?> awaited);

    /**
     * Called when the calling thread has ended its wait, whatever ended it: the end of the task, an interrupt, a limit of
     * time, or that a deadlock was found. The wait returns when this does.
     */
    void afterWait(Task<?> awaited);

    /**
     * Called when a thread of the runtime has ended all that it had to run. If another one waits for something to run already, it
     * goes away then; otherwise it waits a little, or, if this returns true, for as long as the runtime is open. So whoever hands
     * on one task at a time, and the next when this was called, has them run on one thread, as long as none of them waits. Staying
     * costs some processor time.
     *
     * @return whether to stay; the default is not to
     */
    default boolean onIdle() {
        return false;
    }
}
