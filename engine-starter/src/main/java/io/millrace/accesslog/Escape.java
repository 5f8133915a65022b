package io.millrace.accesslog;

/**
 * How text of a client is written, so that it can neither end the line or the field that
 * it stands in, nor tell a terminal what to do. What comes out is ASCII without control
 * characters.
 */
enum Escape {

	/**
	 * As Apache httpd: a backslash before quotes and backslashes, {@code \n} and the
	 * like, all else that is not printable ASCII as {@code \xhh}. What no byte can be, a
	 * header of the application may have: {@code \}{@code uhhhh}.
	 */
	TEXT {

		@Override
		void appendSpecial(Line line, char special) {
			if (special <= 0xff) {
				line.append('\\').append('x').appendHex(special, 2);
			}
			else {
				line.append('\\').append('u').appendHex(special, 4);
			}
		}

	},

	/** As JSON has it (RFC 8259 §7), all that is not printable ASCII escaped. */
	JSON {

		@Override
		void appendSpecial(Line line, char special) {
			line.append('\\').append('u').appendHex(special, 4);
		}

	};

	/**
	 * Append text.
	 * @param line where to
	 * @param text the text, one character for each byte that came
	 */
	void append(Line line, String text) {
		append(line, text, 0, text.length());
	}

	/**
	 * Append a part of a text.
	 * @param line where to
	 * @param text the text, one character for each byte that came
	 * @param from the first character
	 * @param to the one behind the last
	 */
	void append(Line line, String text, int from, int to) {
		for (int i = from; i < to; i++) {
			char next = text.charAt(i);
			if (next >= ' ' && next < 0x7f && next != '"' && next != '\\') {
				line.append(next);
			}
			else {
				escape(line, next);
			}
		}
	}

	private void escape(Line line, char next) {
		switch (next) {
			case '"', '\\' -> line.append('\\').append(next);
			case '\n' -> line.append('\\').append('n');
			case '\r' -> line.append('\\').append('r');
			case '\t' -> line.append('\\').append('t');
			case '\f' -> line.append('\\').append('f');
			default -> appendSpecial(line, next);
		}
	}

	abstract void appendSpecial(Line line, char special);

}
