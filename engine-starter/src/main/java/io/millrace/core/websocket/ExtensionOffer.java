package io.millrace.core.websocket;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * An extension that a client offers (RFC 6455 §9.1).
 *
 * @param name its name
 * @param parameters its parameters in their order
 */
record ExtensionOffer(String name, List<Parameter> parameters) {

	/**
	 * Read the offers of a request.
	 * @param fields the values of {@code Sec-WebSocket-Extensions}
	 * @return the offers in the order of preference, {@code null} where one is malformed
	 */
	static @Nullable List<ExtensionOffer> parse(List<String> fields) {
		List<ExtensionOffer> offers = new ArrayList<>(2);
		for (String field : fields) {
			Scanner scanner = new Scanner(field);
			while (!scanner.atEnd()) {
				ExtensionOffer offer = scanner.offer();
				if (offer == null) {
					return null;
				}
				offers.add(offer);
			}
		}
		return offers;
	}

	/**
	 * A parameter of an extension.
	 *
	 * @param name its name in lower case
	 * @param value its value, {@code null} for none
	 */
	record Parameter(String name, @Nullable String value) {
	}

	/** Reads one field value. */
	private static final class Scanner {

		private final String text;

		private int at;

		Scanner(String text) {
			this.text = text;
		}

		boolean atEnd() {
			// RFC 9110 §5.6.1: empty elements of a list are nothing.
			while (this.at < this.text.length() && (isSpace() || this.text.charAt(this.at) == ',')) {
				this.at++;
			}
			return this.at == this.text.length();
		}

		@Nullable ExtensionOffer offer() {
			String name = token();
			if (name.isEmpty()) {
				return null;
			}
			List<Parameter> parameters = new ArrayList<>(2);
			while (skip(';')) {
				String parameter = token();
				String value = skip('=') ? value() : null;
				if (parameter.isEmpty() || (value != null && value.isEmpty())) {
					return null;
				}
				parameters.add(new Parameter(parameter.toLowerCase(Locale.ROOT), value));
			}
			skipSpace();
			boolean ended = this.at == this.text.length() || this.text.charAt(this.at) == ',';
			return ended ? new ExtensionOffer(name, parameters) : null;
		}

		private String value() {
			if (!skip('"')) {
				return token();
			}
			int end = this.text.indexOf('"', this.at);
			if (end < 0) {
				return "";
			}
			// §9.1: without its quotes it has to be a token, which has nothing to escape.
			String value = this.text.substring(this.at, end);
			this.at = end + 1;
			return value.chars().allMatch((c) -> isToken((char) c)) ? value : "";
		}

		private String token() {
			skipSpace();
			int from = this.at;
			while (this.at < this.text.length() && isToken(this.text.charAt(this.at))) {
				this.at++;
			}
			return this.text.substring(from, this.at);
		}

		private boolean skip(char wanted) {
			skipSpace();
			boolean found = this.at < this.text.length() && this.text.charAt(this.at) == wanted;
			this.at += found ? 1 : 0;
			return found;
		}

		private void skipSpace() {
			while (this.at < this.text.length() && isSpace()) {
				this.at++;
			}
		}

		private boolean isSpace() {
			char c = this.text.charAt(this.at);
			return c == ' ' || c == '\t';
		}

		private static boolean isToken(char c) {
			return c > ' ' && c < 127 && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0;
		}

	}

}
