package io.millrace.demo.compare;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Ends the application when the process that started it is gone, however it went.
 */
@Component
@ConditionalOnBooleanProperty("enrolment.compare.end-with-input")
class EndOfInput {

	@EventListener
	void follow(ApplicationReadyEvent event) {
		Thread thread = new Thread(() -> await(System.in, () -> System.exit(0)), "end-of-input");
		thread.setDaemon(true);
		thread.start();
	}

	static void await(InputStream in, Runnable end) {
		try {
			in.transferTo(OutputStream.nullOutputStream());
		}
		catch (IOException ex) {
			// That is an end too.
		}
		end.run();
	}

}
