package io.millrace.servlet;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Parameters}.
 */
class ParametersTests {

	private final Parameters parameters = new Parameters(Parameters.DEFAULT_LIMIT);

	@Test
	void namesKeepTheOrderInWhichTheyCameAndValuesToo() {
		this.parameters.addQuery("b=1&a=2&b=3&c=4&b=5", UTF_8);
		assertThat(Collections.list(this.parameters.names())).containsExactly("b", "a", "c");
		assertThat(this.parameters.values("b")).containsExactly("1", "3", "5");
		assertThat(this.parameters.get("b")).isEqualTo("1");
		assertThat(this.parameters.get("a")).isEqualTo("2");
		assertThat(this.parameters.values("a")).containsExactly("2");
		assertThat(this.parameters.get("x")).isNull();
		assertThat(this.parameters.values("x")).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "a=1|a|1", "a|a|''", "a=|a|''", "a=b=c|a|b=c", "a==|a|=", "a+b=c+d|a b|c d",
					"a%2Bb=c%26d|a+b|c&d", "a%3Db=c|a=b|c", "&&a=1&|a|1", "a;b=1|a;b|1", "a=1;b=2|a|1;b=2",
					"a=caf%C3%A9|a|café", "caf%c3%a9=1|café|1", "a=%F0%9F%98%80|a|\uD83D\uDE00", "a=%25zz|a|%zz",
					"a=%e2%82%ac+x|a|€ x", "a[]=1|a[]|1", "=b&a=1|a|1" })
	void pairsAreDecoded(String query, String name, String value) {
		this.parameters.addQuery(query, UTF_8);
		assertThat(this.parameters.asMap()).containsOnlyKeys(name);
		assertThat(this.parameters.get(name)).isEqualTo(value);
	}

	@Test
	void anEncodedNulIsACharacterAsAnyOther() {
		this.parameters.addQuery("a=%00&%20=x", UTF_8);
		assertThat(this.parameters.get("a")).isEqualTo("\u0000");
		assertThat(this.parameters.get(" ")).isEqualTo("x");
	}

	@Test
	void anEmptyQueryHasNoParameters() {
		this.parameters.addQuery("", UTF_8);
		this.parameters.addQuery("&", UTF_8);
		assertThat(this.parameters.asMap()).isEmpty();
	}

	@Test
	void theCharsetDecides() {
		this.parameters.addQuery("a=caf%E9", ISO_8859_1);
		assertThat(this.parameters.get("a")).isEqualTo("café");
	}

	@Test
	void aQueryOfADispatchMayHaveAnyCharacter() {
		this.parameters.addQuery("ä=€+%C3%A9&b=é", UTF_8);
		assertThat(this.parameters.get("ä")).isEqualTo("€ é");
		assertThat(this.parameters.get("b")).isEqualTo("é");
	}

	@ParameterizedTest
	@ValueSource(strings = { "bad=%", "bad=%2", "bad=%zz", "%zz=1", "bad=%ff", "bad=%C3", "bad=%c0%ae", "bad=%ed%a0%80",
			"bad=%u0041", "bad=%\uFF11\uFF11", "bad%=1", "bad=x%C3+y", "bad=%+1" })
	void aMalformedPairIsLeftOutAndReportedWhenTheOthersAreThere(String pair) {
		assertRefused(() -> this.parameters.addQuery("a=1&" + pair + "&b=2", UTF_8));
		assertThat(this.parameters.asMap()).containsOnlyKeys("a", "b");
	}

	@Test
	void aFormIsDecodedFromBytes() {
		this.parameters.addForm("a=1&b=%C3%A9+x&c=é".getBytes(UTF_8), UTF_8);
		assertThat(this.parameters.get("a")).isEqualTo("1");
		assertThat(this.parameters.get("b")).isEqualTo("é x");
		assertThat(this.parameters.get("c")).isEqualTo("é");
	}

	@Test
	void aFormIsDecodedFromABufferThatStaysAsItIs() {
		ByteBuf form = Unpooled.copiedBuffer("xxa=1&b=2", UTF_8).skipBytes(2);
		this.parameters.addForm(form, UTF_8);
		assertThat(this.parameters.get("a")).isEqualTo("1");
		assertThat(form.readableBytes()).isEqualTo(7);
		assertThat(form.refCnt()).isEqualTo(1);
		form.release();
	}

	@Test
	void aFormWithInvalidOctetsIsReported() {
		assertRefused(() -> this.parameters.addForm(new byte[] { 'a', '=', (byte) 0xFF, '&', 'b', '=', '1' }, UTF_8));
		assertThat(this.parameters.asMap()).containsOnlyKeys("b");
	}

	@Test
	void theQueryComesBeforeTheForm() {
		this.parameters.addQuery("a=query", UTF_8);
		this.parameters.addForm("a=form&b=form".getBytes(UTF_8), UTF_8);
		assertThat(this.parameters.values("a")).containsExactly("query", "form");
	}

	@Test
	void theQueryOfADispatchComesBeforeEverything() {
		this.parameters.addQuery("a=1&b=2&a=3", UTF_8);
		Parameters merged = this.parameters.withQueryInFront("c=0&a=0", UTF_8);
		assertThat(Collections.list(merged.names())).containsExactly("c", "a", "b");
		assertThat(merged.values("a")).containsExactly("0", "1", "3");
		assertThat(this.parameters.values("a")).containsExactly("1", "3");
		assertThat(this.parameters.asMap()).containsOnlyKeys("a", "b");
	}

	@Test
	void aDispatchDoesNotCountAgainstTheLimit() {
		Parameters two = new Parameters(2);
		two.addQuery("a=1&b=2", UTF_8);
		assertThat(two.withQueryInFront("c=1&d=2&e=3", UTF_8).asMap()).hasSize(5);
	}

	@Test
	void asManyAsTheLimitAreTaken() {
		this.parameters.addQuery(query(1000), UTF_8);
		assertThat(this.parameters.asMap()).hasSize(1000);
		assertRefused(() -> this.parameters.add("one", "more"));
	}

	@Test
	void moreThanTheLimitAreRefusedAndTheFirstKept() {
		assertRefused(() -> this.parameters.addQuery(query(10_000), UTF_8));
		assertThat(this.parameters.asMap()).hasSize(1000);
		assertThat(this.parameters.get("p999")).isEqualTo("999");
	}

	@Test
	void theLimitCountsQueryAndFormAndRepeatedNames() {
		Parameters three = new Parameters(3);
		three.addQuery("a=1&a=2", UTF_8);
		assertRefused(() -> three.addForm("a=3&a=4".getBytes(UTF_8), UTF_8));
		assertThat(three.values("a")).containsExactly("1", "2", "3");
	}

	@Test
	void aNegativeLimitIsNone() {
		Parameters unlimited = new Parameters(-1);
		unlimited.addQuery(query(10_000), UTF_8);
		assertThat(unlimited.asMap()).hasSize(10_000);
	}

	@Test
	void namesWithOneHashAreToldApart() {
		List<String> names = new ArrayList<>(List.of(""));
		for (int bit = 0; bit < 13; bit++) {
			List<String> longer = new ArrayList<>();
			for (String name : names) {
				longer.add(name + "Aa");
				longer.add(name + "BB");
			}
			names = longer;
		}
		assertThat(names.stream().map(String::hashCode).distinct()).hasSize(1);
		Parameters unlimited = new Parameters(-1);
		unlimited.addQuery(String.join("=1&", names) + "=1", UTF_8);
		assertThat(unlimited.asMap()).hasSize(8192);
	}

	@Test
	void theMapIsUnmodifiableAndFollowsWhatIsAddedLater() {
		this.parameters.addQuery("a=1", UTF_8);
		Map<String, String[]> map = this.parameters.asMap();
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> map.put("b", new String[] { "2" }));
		assertThat(this.parameters.asMap()).isSameAs(map);
		this.parameters.add("b", "2");
		assertThat(this.parameters.asMap()).containsOnlyKeys("a", "b");
	}

	@Test
	void anArrayOfValuesBelongsToTheCaller() {
		this.parameters.addQuery("a=1", UTF_8);
		String[] values = this.parameters.values("a");
		values[0] = "changed";
		assertThat(this.parameters.get("a")).isEqualTo("1");
		assertThat(this.parameters.values("a")).containsExactly("1");
	}

	private static String query(int count) {
		StringBuilder query = new StringBuilder();
		for (int i = 0; i < count; i++) {
			query.append("&p").append(i).append('=').append(i);
		}
		return query.substring(1);
	}

	private static void assertRefused(Runnable call) {
		assertThatExceptionOfType(RequestRefusedException.class).isThrownBy(call::run)
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(400));
	}

}
