package dev.regions.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jcstress.infra.runners.TestList;

/** That the mutants can be made of the sources as they are; whether they are caught, the mutation check says. */
@DisplayName("The mutants")
class MutantsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    static List<Mutant> mutants() throws IOException {
        return MutantFile.readAll(ROOT.resolve("jcstress-tests/mutants"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    @DisplayName("find their texts exactly once in the source, which so has not changed without them")
    void apply(Mutant mutant) throws IOException {
        String source = Files.readString(ROOT.resolve(mutant.file()));

        assertThatCode(() -> mutant.applyTo(source)).doesNotThrowAnyException();
        assertThat(mutant.applyTo(source)).isNotEqualTo(source);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    @DisplayName("name tests that exist")
    void nameTests(Mutant mutant) {
        assertThat(mutant.tests()).allSatisfy(name -> assertThat(TestList.tests())
                .anyMatch(test -> test.endsWith("." + name) || test.contains("." + name + ".")));
    }

    @Test
    @DisplayName("have names of their own")
    void haveNames() throws IOException {
        List<String> names = mutants().stream().map(Mutant::name).toList();

        assertThat(names).isNotEmpty().doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("say which text is missing, and where, if one does not apply any more")
    void sayWhatIsMissing() {
        Mutant mutant = new Mutant(
                "stale", "A.java", "It is gone.", List.of("ATest"), List.of(new Mutant.Edit("count++;", "")));

        assertThatThrownBy(() -> mutant.applyTo("class A {}"))
                .isInstanceOf(Mutant.DoesNotApply.class)
                .hasMessageContainingAll("stale", "A.java", "count++;", "0 times");
    }
}
