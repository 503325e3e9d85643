package dev.regions.examples.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
    private static List<String> tokens(String text) {
        List<String> found = new ArrayList<>();
        Tokenizer.tokenize(text, (identifier, line) -> found.add(line + ":" + identifier));
        return found;
    }

    @Test
    void findsRunsOfLettersDigitsUnderscoresAndDollars() {
        assertThat(tokens("foo.bar2(_x1, $y)+baz")).containsExactly("1:foo", "1:bar2", "1:_x1", "1:$y", "1:baz");
    }

    @Test
    void findsLettersOfAnyScriptEvenBeyondSixteenBits() {
        assertThat(tokens("größe=λόγος; 変数+𝒳𝒴")).containsExactly("1:größe", "1:λόγος", "1:変数", "1:𝒳𝒴");
    }

    @Test
    void takesNoPartOfANumberForAnIdentifier() {
        assertThat(tokens("0xFF 12px 1_000L 3e8 x10")).containsExactly("1:x10");
    }

    @Test
    void findsWordsInCommentsAndStringsToo() {
        assertThat(tokens("// parse \"input\"")).containsExactly("1:parse", "1:input");
    }

    @Test
    void leavesOutJavaKeywordsAndCommonEnglishWords() {
        assertThat(tokens("public final class Theory { return null; } // The end of the class is there"))
                .containsExactly("1:Theory", "1:end");
    }

    @Test
    void leavesOutWhatIsTooShortOrTooLong() {
        String longest = "x".repeat(Tokenizer.MAX_LENGTH);

        assertThat(tokens("i " + longest + " " + longest + "x ok")).containsExactly("1:" + longest, "1:ok");
    }

    @Test
    void tellsEachUseOfALine() {
        assertThat(tokens("one one\none")).containsExactly("1:one", "1:one", "2:one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void countsLinesWhateverEndsThem(String end) {
        String text = String.join(end, "first", "", "third", "fourth") + end;

        assertThat(tokens(text)).containsExactly("1:first", "3:third", "4:fourth");
    }

    @Test
    void findsNothingInNothing() {
        assertThat(tokens("")).isEmpty();
        assertThat(tokens(" \n.;{}\n")).isEmpty();
    }
}
