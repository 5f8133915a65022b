package io.millrace.core.http1;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.millrace.core.connection.ReceivedFields;
import io.millrace.core.http.ProtocolException;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link FieldsParser} and of the {@link ReceivedFields} that it makes.
 */
class FieldsParserTests {

	@Test
	void fieldsAreFoundInAnyCaseAndStayInTheirOrder() throws ProtocolException {
		ReceivedFields fields = parse("Host: a\r\nX-A: 1\r\nx-a: 2\r\nEmpty:\r\nX-A:  3 \r\n", ReceivedFields.NONE);
		assertThat(fields.get("host")).isEqualTo("a");
		assertThat(fields.get("X-a")).isEqualTo("1");
		assertThat(fields.getAll("X-A")).containsExactly("1", "2", "3");
		assertThat(fields.valueStringIterator("x-A")).toIterable().containsExactly("1", "2", "3");
		assertThat(fields.get("Empty")).isEmpty();
		assertThat(fields.get("none")).isNull();
		assertThat(fields.getAll("none")).isEmpty();
		assertThat(fields.contains("EMPTY")).isTrue();
		assertThat(fields.contains("X-B")).isFalse();
		assertThat(fields.names()).containsExactly("Host", "X-A", "Empty");
		assertThat(fields.size()).isEqualTo(5);
		assertThat(fields.entries()).extracting(Map.Entry::getValue).containsExactly("a", "1", "2", "", "3");
		List<String> names = new ArrayList<>();
		fields.iteratorCharSequence().forEachRemaining((field) -> names.add(field.getKey().toString()));
		assertThat(names).containsExactly("Host", "X-A", "x-a", "Empty", "X-A");
	}

	@Test
	void numbersAndDatesAreRead() throws ProtocolException {
		ReceivedFields fields = parse("A: 12\r\nB: x\r\nC: Sat, 01 Jan 2000 00:00:01 GMT\r\n", ReceivedFields.NONE);
		assertThat(fields.getInt("a")).isEqualTo(12);
		assertThat(fields.getInt("b")).isNull();
		assertThat(fields.getInt("b", 3)).isEqualTo(3);
		assertThat(fields.getShort("a", (short) 1)).isEqualTo((short) 12);
		assertThat(fields.getTimeMillis("c")).isEqualTo(946684801000L);
		assertThat(fields.getTimeMillis("b", -1)).isEqualTo(-1);
	}

	@Test
	void nobodyCanChangeThem() throws ProtocolException {
		ReceivedFields fields = parse("A: 1\r\n", ReceivedFields.NONE);
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> fields.add("B", "2"));
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> fields.set("A", "2"));
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> fields.remove("A"));
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(fields::clear);
		HttpHeaders copy = fields.copy().add("B", "2");
		assertThat(copy.get("B")).isEqualTo("2");
		assertThat(copy.get("A")).isEqualTo("1");
		assertThat(fields.contains("B")).isFalse();
	}

	@Test
	void theSameFieldsAreShared() throws ProtocolException {
		ReceivedFields first = parse("Host: a\r\nX-Own: \u00e4b\r\n", ReceivedFields.NONE);
		assertThat(parse("Host: a\r\nX-Own: \u00e4b\r\n", first)).isSameAs(first);
		assertThat(parse("Host:a\r\nX-Own: \u00e4b \r\n", first)).isSameAs(first);
	}

	@Test
	void onlyTheSameFieldsAreShared() throws ProtocolException {
		ReceivedFields first = parse("Host: a\r\nCookie: id=1\r\n", ReceivedFields.NONE);
		ReceivedFields second = parse("Host: a\r\nCookie: id=2\r\n", first);
		assertThat(second.get("Cookie")).isEqualTo("id=2");
		assertThat(second.get("Host")).isSameAs(first.get("Host"));
		assertThat(first.get("Cookie")).isEqualTo("id=1");
		assertThat(parse("Host: a\r\n", first).size()).isOne();
		assertThat(parse("Host: a\r\nCookie: id=1\r\nX: y\r\n", first).size()).isEqualTo(3);
		assertThat(parse("Host: a\r\nCookje: id=1\r\n", first).contains("Cookie")).isFalse();
		assertThat(parse("Cookie: id=1\r\nHost: a\r\n", first).names()).containsExactly("Cookie", "Host");
		assertThat(parse("HOST: a\r\nCookie: id=1\r\n", first).names()).containsExactly("HOST", "Cookie");
	}

	@Test
	void aHeaderOfManyFieldsIsBounded() throws ProtocolException {
		assertThat(parse("A: 1\r\n".repeat(100), ReceivedFields.NONE).size()).isEqualTo(100);
		assertThatExceptionOfType(ProtocolException.class)
			.isThrownBy(() -> parse("A: 1\r\n".repeat(101), ReceivedFields.NONE))
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(431));
	}

	private static ReceivedFields parse(String lines, ReceivedFields before) throws ProtocolException {
		byte[] bytes = lines.getBytes(StandardCharsets.ISO_8859_1);
		return FieldsParser.parse(bytes, 0, bytes.length, 100, before);
	}

}
