package io.millrace.core.http;

import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code Forwarded} header (RFC 7239 §4): elements between commas, each of pairs
 * between semicolons, whose values are tokens or quoted strings. For one use.
 */
final class ForwardedParser {

	private final String text;

	private int position;

	ForwardedParser(String text) {
		this.text = text;
	}

	/**
	 * Read all elements.
	 * @param hops where to put them, in their order
	 * @return {@code false} where the header is malformed
	 */
	boolean parseInto(ForwardedHops hops) {
		while (true) {
			if (!parseElement(hops)) {
				return false;
			}
			if (this.position == this.text.length()) {
				return true;
			}
			this.position++;
		}
	}

	// Ends at a comma or at the end.
	private boolean parseElement(ForwardedHops hops) {
		String address = "";
		String proto = "";
		String host = "";
		while (true) {
			skipSpace();
			String name = token();
			if (!name.isEmpty()) {
				String value = value();
				if (value == null) {
					return false;
				}
				if (name.equalsIgnoreCase("for")) {
					address = value;
				}
				else if (name.equalsIgnoreCase("proto")) {
					proto = value;
				}
				else if (name.equalsIgnoreCase("host")) {
					host = value;
				}
			}
			skipSpace();
			if (at(';')) {
				this.position++;
				continue;
			}
			if (this.position < this.text.length() && !at(',')) {
				return false;
			}
			hops.addresses().add(address);
			hops.protos().add(proto);
			hops.hosts().add(host);
			return true;
		}
	}

	private @Nullable String value() {
		if (!at('=')) {
			return null;
		}
		this.position++;
		if (at('"')) {
			return quoted();
		}
		String token = token();
		return token.isEmpty() ? null : token;
	}

	// RFC 9110 §5.6.4
	private @Nullable String quoted() {
		StringBuilder value = new StringBuilder();
		for (int i = this.position + 1; i < this.text.length(); i++) {
			char c = this.text.charAt(i);
			if (c == '"') {
				this.position = i + 1;
				return value.toString();
			}
			if (c == '\\' && i + 1 < this.text.length()) {
				i++;
				c = this.text.charAt(i);
			}
			value.append(c);
		}
		return null;
	}

	// RFC 9110 §5.6.2, and ':', '[', ']', '/' which many write without quotes.
	private String token() {
		int start = this.position;
		while (this.position < this.text.length() && "=;,\" \t".indexOf(this.text.charAt(this.position)) < 0) {
			this.position++;
		}
		return this.text.substring(start, this.position);
	}

	private void skipSpace() {
		while (at(' ') || at('\t')) {
			this.position++;
		}
	}

	private boolean at(char c) {
		return this.position < this.text.length() && this.text.charAt(this.position) == c;
	}

}
