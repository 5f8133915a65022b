package io.millrace.servlet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The header fields of one part (RFC 7578 §4.8), in UTF-8 (§5.1). Names are in lower
 * case, as Tomcat tells them.
 */
final class PartHeaders {

	private final Map<String, List<String>> fields = new LinkedHashMap<>();

	/**
	 * Read the fields up to the empty line, which is read too. A line without a colon is
	 * left out; one that begins with white space continues the one before.
	 * @param input the body behind a delimiter
	 * @param maxSize how many octets they may have, negative for no limit
	 * @return the fields
	 * @throws IOException where they are malformed
	 * @throws RequestRefusedException 413 where they are too large
	 */
	static PartHeaders read(MultipartInput input, int maxSize) throws IOException {
		PartHeaders headers = new PartHeaders();
		int remaining = maxSize;
		StringBuilder field = new StringBuilder();
		byte[] line = input.readLine(remaining);
		while (line.length > 0) {
			remaining = (maxSize >= 0) ? remaining - line.length - 2 : -1;
			if (line[0] != ' ' && line[0] != '\t') {
				headers.add(field);
				field.setLength(0);
			}
			field.append(new String(line, StandardCharsets.UTF_8));
			line = input.readLine(remaining);
		}
		headers.add(field);
		return headers;
	}

	private void add(CharSequence field) {
		String text = field.toString();
		int colon = text.indexOf(':');
		if (colon > 0) {
			String name = text.substring(0, colon).strip().toLowerCase(Locale.ROOT);
			this.fields.computeIfAbsent(name, (key) -> new ArrayList<>(1)).add(text.substring(colon + 1).strip());
		}
	}

	/**
	 * The first value of a field.
	 * @param name the name, in any case
	 * @return {@code null} where there is none
	 */
	@Nullable String get(String name) {
		List<String> values = this.fields.get(name.toLowerCase(Locale.ROOT));
		return (values != null) ? values.get(0) : null;
	}

	/**
	 * All values of a field.
	 * @param name the name, in any case
	 * @return empty where there are none
	 */
	Collection<String> all(String name) {
		return Collections.unmodifiableList(this.fields.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
	}

	/**
	 * The names of the fields.
	 * @return the names in lower case
	 */
	Collection<String> names() {
		return Collections.unmodifiableSet(this.fields.keySet());
	}

}
