package dev.regions.model;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/**
 * Random programs on the runtime, against the model. {@code regions.model.programs} says how many,
 * {@code regions.model.seed} replays what a seed draws; the interleaving is left to chance. jqwik draws the programs; a
 * {@link FoundDifference} is made small without it.
 */
class ModelTest {
    private static final AtomicLong TASKS = new AtomicLong();

    /** Sets how many programs there are and the seed, and prints both. */
    static final class Programs implements AroundPropertyHook {
        @Override
        public PropertyExecutionResult aroundProperty(PropertyLifecycleContext context, PropertyExecutor property) {
            int programs = Integer.getInteger("regions.model.programs", 5000);
            String seed = System.getProperty("regions.model.seed", Long.toString(new Random().nextLong()));
            context.attributes().setTries(programs);
            context.attributes().setSeed(seed);
            TASKS.set(0);
            PropertyExecutionResult result = property.execute();
            System.out.println("model test: " + result.countTries() + " programs of " + TASKS + " tasks, "
                    + (result.status() == PropertyExecutionResult.Status.SUCCESSFUL ? "no difference" : "A DIFFERENCE")
                    + " from the model; -Dregions.model.programs=" + programs + " -Dregions.model.seed=" + seed
                    + " draws them again");
            return result;
        }
    }

    @Provide
    Arbitrary<Program> programs() {
        return Arbitraries.randomValue(ProgramGenerator::draw);
    }

    @Property(shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    @AddLifecycleHook(Programs.class)
    @Label("Tasks run, end and follow each other, and regions throw, as the model says")
    void runtimeDoesWhatTheModelSays(@ForAll("programs") Program program) throws InterruptedException {
        TASKS.addAndGet(program.tasks());

        List<String> differences = ModelCheck.ofRuntime().differences(program);

        if (!differences.isEmpty()) {
            throw new AssertionError(FoundDifference.shrink(ModelCheck.ofRuntime(), program, differences));
        }
    }

    @Property(tries = 1000, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    @Label("A program that was made well-formed stays as it is when that is done again")
    boolean wellFormedStaysAsItIs(@ForAll("programs") Program program) {
        return WellFormed.of(program).equals(program);
    }
}
