package io.millrace.servlet;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request, in the order they came (Servlet 6.1 §3.1).
 * <p>
 * A pair that cannot be decoded is left out, and one whose name is empty too; when all
 * the others are there, {@link RequestRefusedException} reports the former with 400, as
 * Servlet 6.1 asks and Tomcat does. So the caller can note that the source is read before
 * reading it, and later calls, of an error page for example, see what was good.
 * <p>
 * Not for several threads.
 */
final class Parameters {

	/** As many as Tomcat takes. */
	static final int DEFAULT_LIMIT = 1000;

	private final int limit;

	private int count;

	// A value is a String, or a List of them where the name came more than once. The
	// bins of the map become trees, so names with one hash cost a logarithm.
	private final Map<String, Object> values = new LinkedHashMap<>();

	private @Nullable Map<String, String[]> map = null;

	/**
	 * Create an empty one.
	 * @param limit how many parameters are taken, negative for no limit
	 */
	Parameters(int limit) {
		this.limit = limit;
	}

	/**
	 * The parameters of a dispatch: those of the dispatcher's path come before those of
	 * the request (Servlet 6.1 §9.1.1).
	 * @param rawQuery the query of the dispatcher's path
	 * @param charset the charset of the query
	 * @return another set of parameters; this one stays as it is
	 */
	Parameters withQueryInFront(String rawQuery, Charset charset) {
		Parameters merged = new Parameters(-1);
		merged.addQuery(rawQuery, charset);
		this.values.forEach((name, value) -> {
			for (String single : listOf(value)) {
				merged.put(name, single);
			}
		});
		return merged;
	}

	/**
	 * Add the parameters of a query.
	 * @param rawQuery what follows the question mark, as received
	 * @param charset the charset of what is percent-encoded
	 * @throws RequestRefusedException 400 where there are too many or one is malformed;
	 * all others are there
	 */
	void addQuery(String rawQuery, Charset charset) {
		addEncoded(isAscii(rawQuery) ? rawQuery : new String(rawQuery.getBytes(charset), StandardCharsets.ISO_8859_1),
				charset);
	}

	/**
	 * Add the parameters of an {@code application/x-www-form-urlencoded} body.
	 * @param form the whole body; it is neither released nor moved
	 * @param charset the charset of the form
	 * @throws RequestRefusedException 400 where there are too many or one is malformed;
	 * all others are there
	 */
	void addForm(ByteBuf form, Charset charset) {
		addEncoded(form.toString(StandardCharsets.ISO_8859_1), charset);
	}

	/**
	 * Add the parameters of an {@code application/x-www-form-urlencoded} body.
	 * @param form the whole body
	 * @param charset the charset of the form
	 * @throws RequestRefusedException 400 where there are too many or one is malformed;
	 * all others are there
	 */
	void addForm(byte[] form, Charset charset) {
		addEncoded(new String(form, StandardCharsets.ISO_8859_1), charset);
	}

	/**
	 * Add one parameter, a field of a multipart form for example.
	 * @param name the name
	 * @param value the value
	 * @throws RequestRefusedException 400 where there are too many
	 */
	void add(String name, String value) {
		if (this.limit >= 0 && this.count >= this.limit) {
			throw new RequestRefusedException(400, "The request has more than " + this.limit + " parameters");
		}
		put(name, value);
	}

	/**
	 * The first value.
	 * @param name the name
	 * @return {@code null} where there is none
	 */
	@Nullable String get(String name) {
		Object value = this.values.get(name);
		if (value == null || value instanceof String) {
			return (String) value;
		}
		return listOf(value).get(0);
	}

	/**
	 * All values.
	 * @param name the name
	 * @return a new array, {@code null} where there are none
	 */
	String @Nullable [] values(String name) {
		Object value = this.values.get(name);
		return (value != null) ? listOf(value).toArray(new String[0]) : null;
	}

	/**
	 * The names.
	 * @return the names in the order they first came
	 */
	Enumeration<String> names() {
		return Collections.enumeration(this.values.keySet());
	}

	/**
	 * All parameters.
	 * @return an unmodifiable map, in the order the names first came
	 */
	Map<String, String[]> asMap() {
		Map<String, String[]> result = this.map;
		if (result == null) {
			Map<String, String[]> copy = new LinkedHashMap<>();
			this.values.forEach((name, value) -> copy.put(name, listOf(value).toArray(new String[0])));
			result = Collections.unmodifiableMap(copy);
			this.map = result;
		}
		return result;
	}

	@SuppressWarnings("unchecked")
	private static List<String> listOf(Object value) {
		return (value instanceof String single) ? List.of(single) : (List<String>) value;
	}

	private void put(String name, String value) {
		this.count++;
		this.map = null;
		Object present = this.values.putIfAbsent(name, value);
		if (present instanceof String first) {
			List<String> list = new ArrayList<>(4);
			list.add(first);
			list.add(value);
			this.values.put(name, list);
		}
		else if (present != null) {
			@SuppressWarnings("unchecked")
			List<String> list = (List<String>) present;
			list.add(value);
		}
	}

	// Every character of the text is one octet.
	private void addEncoded(String text, Charset charset) {
		boolean malformed = false;
		int length = text.length();
		int start = 0;
		while (start < length) {
			int ampersand = text.indexOf('&', start);
			int end = (ampersand < 0) ? length : ampersand;
			int equals = start;
			while (equals < end && text.charAt(equals) != '=') {
				equals++;
			}
			if (equals > start) {
				try {
					add(decode(text, start, equals, charset), decode(text, Math.min(equals + 1, end), end, charset));
				}
				catch (CharacterCodingException ex) {
					malformed = true;
				}
			}
			start = end + 1;
		}
		if (malformed) {
			throw new RequestRefusedException(400, "A parameter of the request has a malformed encoding");
		}
	}

	private static String decode(String text, int start, int end, Charset charset) throws CharacterCodingException {
		int i = start;
		while (i < end && isPlain(text.charAt(i))) {
			i++;
		}
		return (i == end) ? text.substring(start, end) : decodeOctets(text, start, end, charset);
	}

	private static boolean isPlain(char c) {
		return c != '%' && c != '+' && c < 0x80;
	}

	private static String decodeOctets(String text, int start, int end, Charset charset)
			throws CharacterCodingException {
		byte[] octets = new byte[end - start];
		int length = 0;
		boolean ascii = true;
		int i = start;
		while (i < end) {
			char c = text.charAt(i);
			int octet = c;
			if (c == '+') {
				octet = ' ';
			}
			else if (c == '%') {
				octet = octet(text, i, end);
				i += 2;
			}
			octets[length++] = (byte) octet;
			ascii &= octet < 0x80;
			i++;
		}
		if (ascii) {
			return new String(octets, 0, length, StandardCharsets.ISO_8859_1);
		}
		// A new decoder reports what is malformed instead of replacing it.
		return charset.newDecoder().decode(ByteBuffer.wrap(octets, 0, length)).toString();
	}

	private static int octet(String text, int percent, int end) throws CharacterCodingException {
		int high = (percent + 2 < end) ? PercentCoding.digit(text.charAt(percent + 1)) : -1;
		int low = (high >= 0) ? PercentCoding.digit(text.charAt(percent + 2)) : -1;
		if (low < 0) {
			throw new CharacterCodingException();
		}
		return (high << 4) + low;
	}

	private static boolean isAscii(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (text.charAt(i) >= 0x80) {
				return false;
			}
		}
		return true;
	}

}
