package dev.regions.observe;

/** An observer that is registered with a runtime, until it is closed. Thread-safe. */
public interface ObserverRegistration extends AutoCloseable {
    /** How many events wait for an observer before more of them are lost, where nothing else is said. */
    int DEFAULT_CAPACITY = 1 << 17;

    /** Returns how many events were dropped because the observer had not taken those before. */
    long droppedEvents();

    /** Returns how many calls of the observer have thrown. */
    long callbackFailures();

    /**
     * Waits until the observer was told of everything that happened before this call, such as the end of a task that was waited
     * for. Returns at once if called by the observer itself, or once the registration is closed and all is told.
     *
     * @throws InterruptedException if the calling thread is interrupted first
     */
    void flush() throws InterruptedException;

    /**
     * Ends the registration: the observer is told what happened before, and nothing after. Waits for that as {@link #flush()}
     * does, but no longer than some seconds for an observer that has stopped taking events; those it does not take count as lost.
     * Closing it again does nothing.
     *
     * <p>If the calling thread is interrupted, this returns early, and leaves it interrupted.
     */
    @Override
    void close();
}
