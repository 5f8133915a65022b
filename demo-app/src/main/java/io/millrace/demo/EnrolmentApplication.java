package io.millrace.demo;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.resilience.annotation.EnableResilientMethods;

/**
 * Starts the enrolment desk.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableResilientMethods
public class EnrolmentApplication {

	public static void main(String[] args) {
		SpringApplication.run(EnrolmentApplication.class, args);
	}

}
