import type { CodegenConfig } from '@graphql-codegen/cli';
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';

// JEJARING_SCHEMA names the schema where this folder was copied away from the repository.
const config: CodegenConfig = {
  schema: process.env.JEJARING_SCHEMA ?? '../../schema.graphql',
  documents: 'src/operations/*.graphql',
  generates: {
    'src/gql/': {
      preset: 'client',
      // The manifest of trusted documents, with the texts as the desk sends them.
      presetConfig: {
        fragmentMasking: false,
        persistedDocuments: { hashAlgorithm: 'sha256' },
      },
      documentTransforms: [addTypenameSelectionDocumentTransform],
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        scalars: {
          CountryCode: 'string',
          Cursor: 'string',
          Date: 'string',
          DateTime: 'string',
          Long: 'number',
          Time: 'string',
          URL: 'string',
        },
      },
    },
  },
};
export default config;
