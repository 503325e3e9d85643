package dev.regions.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.core.graph.BodyKind;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.TaskNode;
import dev.regions.core.schedule.ReadyQueue.Reservation;
import java.lang.reflect.Field;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReadyQueueTest {
    private static final int SLOTS_IN_SEGMENT = 1024;

    private final ReadyQueue queue = new ReadyQueue();

    private static Node node() {
        return new TaskNode<>(BodyKind.ACTION, null, null, null, null);
    }

    /** What a consumer goes on referring to while it runs what it has reserved. */
    private static Object segmentOf(Reservation reserved) throws ReflectiveOperationException {
        return read(Reservation.class, "segment", reserved);
    }

    private static Object read(Class<?> of, String name, Object from) throws ReflectiveOperationException {
        Field field = of.getDeclaredField(name);
        field.setAccessible(true);
        return Objects.requireNonNull(field.get(from));
    }

    @Test
    @DisplayName("A consumer that is held up keeps none of the segments that come after its own")
    void usedUpSegmentsLeadNowhere() throws ReflectiveOperationException {
        Reservation heldUp = new Reservation();
        queue.offer(node());
        assertThat(queue.poll(heldUp, 1)).isNotNull();
        Object segment = segmentOf(heldUp);

        for (int i = 0; i < 3 * SLOTS_IN_SEGMENT; i++) {
            queue.offer(node());
            assertThat(queue.poll()).isNotNull();
        }

        assertThat(read(segment.getClass(), "next", segment)).isSameAs(segment);
    }

    @Test
    @DisplayName("Nothing is lost, or comes twice, where segments are let go of")
    void acrossSegments() {
        Reservation own = new Reservation();
        for (int i = 0; i < 5 * SLOTS_IN_SEGMENT; i++) {
            Node one = node();
            Node other = node();
            queue.offer(one);
            queue.offer(other);
            assertThat(queue.poll(own, 1)).isSameAs(one);
            assertThat(queue.poll(own, 1)).isSameAs(other);
        }
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.hasReserved()).isFalse();
        assertThat(queue.stealReserved()).isNull();
        assertThat(queue.poll(own, 1)).isNull();
    }
}
