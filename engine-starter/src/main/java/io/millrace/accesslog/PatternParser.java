package io.millrace.accesslog;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.millrace.accesslog.PatternFormat.Element;
import org.jspecify.annotations.Nullable;

/**
 * Takes a pattern apart: {@code %x}, {@code %{name}x}, {@code %%} for a percent sign, and
 * text between them.
 */
final class PatternParser {

	private final String pattern;

	private final PatternCodes codes;

	private final List<Element> elements = new ArrayList<>();

	private final StringBuilder text = new StringBuilder();

	private int position;

	/**
	 * Create a parser, for one use.
	 * @param pattern the pattern
	 * @param codes knows what the codes stand for
	 */
	PatternParser(String pattern, PatternCodes codes) {
		this.pattern = pattern;
		this.codes = codes;
	}

	/**
	 * Take the pattern apart.
	 * @return the elements in their order
	 * @throws IllegalArgumentException saying where and what is wrong
	 */
	List<Element> parse() {
		boolean found = false;
		while (this.position < this.pattern.length()) {
			char next = this.pattern.charAt(this.position);
			if (next == '%') {
				found |= code();
			}
			else if (Character.isISOControl(next) && next != '\t') {
				throw new IllegalArgumentException("Character " + (this.position + 1) + " is a control character.");
			}
			else {
				this.text.append(next);
				this.position++;
			}
		}
		if (!found) {
			throw new IllegalArgumentException("It has no code: all lines would be the same.");
		}
		endText();
		return this.elements;
	}

	private boolean code() {
		int start = this.position++;
		String name = name(start);
		if (this.position == this.pattern.length()) {
			throw wrong(start, "ends in the middle of a code");
		}
		char code = this.pattern.charAt(this.position++);
		if (code == '%' && name == null) {
			this.text.append('%');
			return false;
		}
		endText();
		this.elements.add(element(start, name, code));
		return true;
	}

	private @Nullable String name(int start) {
		if (!this.pattern.startsWith("{", this.position)) {
			return null;
		}
		int end = this.pattern.indexOf('}', this.position);
		if (end < 0) {
			throw wrong(start, "has no closing brace");
		}
		String name = this.pattern.substring(this.position + 1, end);
		this.position = end + 1;
		return name;
	}

	private Element element(int start, @Nullable String name, char code) {
		try {
			Element element = (name != null) ? this.codes.named(name, code) : this.codes.plain(code);
			if (element != null) {
				return element;
			}
		}
		catch (IllegalArgumentException ex) {
			throw wrong(start, ex.getMessage());
		}
		throw wrong(start, "is not known. There are " + PatternCodes.KNOWN);
	}

	private void endText() {
		if (!this.text.isEmpty()) {
			byte[] literal = this.text.toString().getBytes(StandardCharsets.UTF_8);
			this.elements.add((line, exchange, completed, endedMillis) -> line.append(literal));
			this.text.setLength(0);
		}
	}

	private IllegalArgumentException wrong(int start, @Nullable String what) {
		return new IllegalArgumentException("'" + this.pattern.substring(start, this.position) + "' at character "
				+ (start + 1) + " " + what + ".");
	}

}
