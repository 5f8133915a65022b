package io.millrace.demo.compare;

/**
 * The load on one copy: some connections with a thread each.
 */
final class Load {

	private final String name;

	private final LoadOptions options;

	private final Copy copy;

	private final Answers answers = new Answers();

	Load(Copy copy, LoadOptions options) {
		this.name = copy.name();
		this.copy = copy;
		this.options = options;
	}

	/**
	 * Starts to ask; ends with the process.
	 */
	void start() {
		if (this.options.rate() == 0) {
			return;
		}
		for (int i = 0; i < this.options.connections(); i++) {
			LoadConnection connection = new LoadConnection(this.copy.port(), this.options, this.answers);
			// Spread evenly over the interval, so that connections do not ask all at
			// once.
			long first = System.nanoTime() + this.options.interval() * i / this.options.connections();
			Thread thread = new Thread(() -> connection.ask(first), "load-" + this.name + "-" + i);
			thread.setDaemon(true);
			thread.start();
		}
	}

	/**
	 * What clients have seen since it was asked last.
	 * @return a line
	 */
	String seen() {
		return "%-17s".formatted(this.name) + this.answers.seen();
	}

}
